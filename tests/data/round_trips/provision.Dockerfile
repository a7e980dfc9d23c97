FROM alpine/k8s:1.30.0
COPY . /src
RUN kubectl annotate --local -f /src/ns.yaml -o yaml \
      @KEY@=@VALUE@ > /ns.yaml
