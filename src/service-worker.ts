/// <reference lib="webworker" />
// The installed app's shell: an offline page and icons, nothing else. No page, no answer of the server and nothing of Stripe is ever kept.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { NetworkOnly } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('message', (event) => {
	if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
cleanupOutdatedCaches();
precacheAndRoute(self.__WB_MANIFEST);

const offline = createHandlerBoundToURL('/offline');
const network = new NetworkOnly();
const navigate = async (options: Parameters<typeof offline>[0]): Promise<Response> => {
	try {
		return await network.handle(options as never);
	} catch {
		return offline(options);
	}
};
registerRoute(
	new NavigationRoute(navigate, {
		denylist: [/\/(live|facture|document|recu)(\/|$)/, /^\/(api|webhooks|health|demo\/api)\//]
	})
);
