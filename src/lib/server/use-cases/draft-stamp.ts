// By which instant the words of a draft are known. Two savings never have the same one, not within one millisecond either: what somebody publishes is
// what they saved, or it is refused.

export const stampAfter = (before: Date | undefined, now: Date): Date =>
	before && before >= now ? new Date(before.getTime() + 1) : now;
