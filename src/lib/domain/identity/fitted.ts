// How large a picture is shown.

/** As large as the box allows, in the proportions of the picture. Whole, in the unit of the box. */
export function fitted(picture: { width: number; height: number }, box: { width: number; height: number }) {
	const scale = Math.min(box.width / picture.width, box.height / picture.height);
	return {
		width: Math.max(1, Math.round(picture.width * scale)),
		height: Math.max(1, Math.round(picture.height * scale))
	};
}
