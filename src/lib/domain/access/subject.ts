// The two kinds of people who sign in: a client's contact, and a member of the supplier's team.
export type SubjectKind = 'contact' | 'member';
