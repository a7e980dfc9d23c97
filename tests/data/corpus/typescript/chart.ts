import { Chart } from "cdk8s";

export class Web extends Chart {
  readonly podMetadata = { annotations: { 'config.linkerd.io/opaque-ports': '9092' } };
}
