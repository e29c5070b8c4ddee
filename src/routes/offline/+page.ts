// Made at build time and kept on the device: what an installed app shows without a network.
export const prerender = true;
// It is shown in place of any page, at any address: it must need nothing else.
export const csr = false;
