// The page's colours for Stripe's frame: light-dark() and oklch() mean nothing inside it, what the browser made of them does.
import { required } from '../../domain/required.ts';

export function colorsOf(box: HTMLElement): Record<'accent' | 'paper' | 'ink' | 'soft' | 'danger', string> {
	const plain = (name: string): string => {
		const probe = document.createElement('span');
		probe.style.color = getComputedStyle(box).getPropertyValue(name).trim();
		box.append(probe);
		const canvas = required(document.createElement('canvas').getContext('2d'), 'canvas');
		canvas.fillStyle = getComputedStyle(probe).color;
		canvas.fillRect(0, 0, 1, 1);
		probe.remove();
		const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
		return `rgb(${r}, ${g}, ${b})`;
	};
	return {
		accent: plain('--accent'),
		paper: plain('--paper'),
		ink: plain('--ink'),
		soft: plain('--ink-soft'),
		danger: plain('--danger')
	};
}
