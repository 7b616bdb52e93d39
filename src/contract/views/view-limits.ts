/** How large views may be, and the number of their format. */

/** Of a hub. */
export const MAX_VIEWS = 50;
/** Of a view. */
export const MAX_PARTS = 24;
/** Of one chart: a colour each. */
export const MAX_LINES = 6;
/** Of a view, in all its parts: a view stays within the size of a request. */
export const MAX_LINES_IN_ALL = 60;
/** Of what is stored and downloaded: `aerieView`. */
export const VIEW_FORMAT = 1;
