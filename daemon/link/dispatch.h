/* What a line of a session means: session commands are answered here, all others go to the router.
 */
#ifndef LINK_DISPATCH_H
#define LINK_DISPATCH_H

#include "base/text.h"

struct session;

/* A whole line, without its newline; it is borrowed. The session is GREETING or OPEN, and may be in
 * any state afterwards. */
void dispatch_line(struct session *session, struct usher_text line);

#endif
