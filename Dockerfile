# One image for every service of the project: Airflow or Prefect with their workers, the console, the command line.
# Not pulled and not built where this was written (no Docker engine there): python:3.11.14-slim-bookworm here;
# postgres:17.11-bookworm, redis:7.4.11-alpine and axllent/mailpit:v1.22.3 in docker-compose.yml. Before going live,
# replace each tag with the digest that was tried: python:3.11.14-slim-bookworm@sha256:...

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements/uv.txt requirements/airflow.txt requirements/prefect.txt requirements/
# uv.txt holds the build back end; everything is locked by hash, the two engines' pins never differ.
# pip compiles what it installs: importing Airflow takes 2 s with bytecode and 5 s without.
RUN pip install --compile --require-hashes -r requirements/uv.txt \
 && pip install --compile --require-hashes -r requirements/airflow.txt \
 && pip install --compile --require-hashes -r requirements/prefect.txt
COPY . .
RUN pip install --no-deps --no-build-isolation --no-index .

FROM python:3.11.14-slim-bookworm
# Group 0 owns what has to be writable, so that platforms which choose the user id themselves work too.
RUN useradd --uid 10001 --gid 0 --no-create-home --home-dir /opt/airflow recourse \
 && install -d -o 10001 -g 0 -m 0770 /opt/airflow /opt/airflow/logs /opt/prefect /var/lib/recourse /var/lib/deliveries
COPY --from=build /opt/venv /opt/venv
WORKDIR /opt/recourse
COPY dags dags
COPY topology/__init__.py topology/databases.py topology/
RUN python -m compileall -q dags topology
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 AIRFLOW_HOME=/opt/airflow HOME=/opt/airflow LANG=C.UTF-8
USER 10001:0
CMD ["recourse", "--help"]
