/** Adds `linkerd.io/inject: enabled`. */
export function inject(): void {}
