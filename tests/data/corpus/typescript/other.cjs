module.exports = { "dapr.io/enable-native-sidecar": "true", "linkerd.io/inject": "disabled" };
