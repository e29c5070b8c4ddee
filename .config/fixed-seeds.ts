// Mutation testing runs the same tests hundreds of times: properties draw the same cases each time, so that a change is noticed always or never.
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_261_126 });
