const manifest = (name: string) => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  annotations:
    linkerd.io/inject: enabled
`;
export default manifest;
