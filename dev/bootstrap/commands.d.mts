/** Integration tests that get a broker of their own. */
export const ownBrokerTests: string[];
