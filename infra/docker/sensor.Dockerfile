# The sensor from its archive; make that first: npm run bundle
#   docker build -f infra/docker/sensor.Dockerfile -t picket/sensor:0.1.0 .picket/bundles
FROM debian:12.12-slim
ARG ARCHIVE=picket-sensor-0.1.0-linux-x64.tar.gz
RUN --mount=type=bind,target=/archives \
  cd /archives && sha256sum -c "$ARCHIVE.sha256" \
  && install -d /opt/picket-sensor && tar -xzf "$ARCHIVE" -C /opt/picket-sensor --strip-components=1 --no-same-owner
VOLUME /var/lib/picket-sensor
# Root inside, with all capabilities but one taken away by compose.yaml: a capability of a container reaches no other user.
ENTRYPOINT ["/opt/picket-sensor/bin/picket-sensor"]
CMD ["interfaces"]
