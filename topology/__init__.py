"""The services of docker-compose.yml, started natively on the loopback: for development and for tests.

Each service of the project runs its own command from the compose file, with its own environment; only host names, ports
and folders are rewritten. PostgreSQL, Redis and the mail sink come from installed programs. Not part of the wheel, and
not how a bank runs Recourse: that is Docker or Kubernetes (docs/operations.md).

    compose.py     reads the compose file          databases.py   makes roles and databases (also runs in the image)
    native.py      a service as a native program   postgres.py    the programs of PostgreSQL
    processes.py   keeps programs running          reaper.py      ends what an owner that died left behind
    stack.py       all of it: `running()`          __main__.py    `make airflow`, `make prefect`
"""
