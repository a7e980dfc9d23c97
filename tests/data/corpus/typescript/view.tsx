export const Row = () => <td title="linkerd.io/inject">enabled</td>;
