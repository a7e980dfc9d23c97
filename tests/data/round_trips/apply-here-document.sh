#!/bin/bash
: "${NS:=shop}"
cat <<EOF | kubectl apply -f -
apiVersion: batch/v1
kind: Job
metadata:
  name: seed
  namespace: $NS
spec:
  template:
    metadata:
      annotations:
        @KEY@: @VALUE@
    spec:
      restartPolicy: Never
      containers: [{name: seed, image: "seed:$TAG"}]
EOF
