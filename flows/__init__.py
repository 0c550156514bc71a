"""Recourse on Prefect. All of Prefect's code is here; what an engine needs of the business stands below, in `desk`."""
