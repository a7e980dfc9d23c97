delete pod.metadata.annotations["config.linkerd.io/proxy-native-sidecar"];
module.exports = pod.metadata.annotations;
