"""Recourse on Apache Airflow: the ladder compiled into DAGs, gates as human tasks, the console inside Airflow's pages."""
