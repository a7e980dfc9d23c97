import * as k8s from "@pulumi/kubernetes";

export const shop = new k8s.core.v1.Namespace("shop", {
  metadata: {
    annotations: {
      "@KEY@": @VALUE@, // jobs must end
    },
  },
});
