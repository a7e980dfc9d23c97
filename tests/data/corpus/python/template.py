POD = """
apiVersion: v1
kind: Pod
metadata:
  annotations:
    linkerd.io/inject: enabled
"""
