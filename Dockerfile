# The app and the pipeline, run by a user without rights.
#   docker build -t crowdwise .
#   docker run -p 8866:8866 -v crowdwise-data:/crowdwise/data crowdwise                              # serves the app
#   docker run -v crowdwise-data:/crowdwise/data -v crowdwise-reports:/crowdwise/reports crowdwise make report
# An index other than PyPI is the affair of who builds: mount a pip.conf at /etc/pip.conf while building.

FROM python:3.11-slim AS environment
# LightFM has no wheel for Python 3.11: gcc compiles it, here and not in the image that runs.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
COPY requirements.lock /tmp/
# The locked versions with their hashes, whole: an image is what was tested, the tests' own tools included.
RUN python3 -m venv /opt/crowdwise \
 && LIGHTFM_NO_CFLAGS=1 /opt/crowdwise/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check \
      --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim
# make runs the pipeline; LightGBM and LightFM need the runtime of OpenMP.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libgomp1 make \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 crowdwise
COPY --from=environment /opt/crowdwise /opt/crowdwise
WORKDIR /crowdwise
COPY Makefile README.md pyproject.toml requirements.lock ./
COPY params params
COPY notebooks notebooks
COPY lib lib
# What is written goes to data/ and reports/ alone; all else belongs to root, and the code can't be changed from inside.
# So it is compiled here: its user could not keep the result, and every session would compile it anew.
RUN echo /crowdwise/lib > "$(/opt/crowdwise/bin/python -c 'import site; print(site.getsitepackages()[0])')/crowdwise.pth" \
 && /opt/crowdwise/bin/python -m compileall -q lib \
 && mkdir -p data reports \
 && chown crowdwise:crowdwise data reports
USER crowdwise
# PY tells make to use this environment; numba keeps what it has compiled where the user may write.
ENV PATH=/opt/crowdwise/bin:$PATH \
    PY=/opt/crowdwise/bin/python \
    PYTHONUNBUFFERED=1 \
    CROWDWISE_ROOT=/crowdwise \
    NUMBA_CACHE_DIR=/home/crowdwise/.cache/numba \
    PORT=8866
VOLUME ["/crowdwise/data", "/crowdwise/reports"]
EXPOSE 8866
# A static file: asking for it starts no kernel. The base URL's slashes are those that the app itself is given.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-m", "crowdwise.app.health"]
CMD ["python", "-m", "crowdwise.app.serve", "--ip", "0.0.0.0"]
