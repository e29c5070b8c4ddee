// Made at build time and kept on the device: what an installed app shows without a network.
export const prerender = true;
