/** Whether this page was opened by an address that only the hub's own computer can reach. */
export const isLoopback = (): boolean => /^(localhost|127\..*|\[::1\])$/.test(location.hostname);
