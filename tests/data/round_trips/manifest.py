"""Makes a job."""

POD = """
apiVersion: v1
kind: Pod
metadata:
  name: seed
  annotations:
    @KEY@: @VALUE@
spec: {containers: []}
"""
