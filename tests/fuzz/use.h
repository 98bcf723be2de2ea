/* An engine that was made from bytes is used: nothing that it may have been given harms it. */
#ifndef FUZZ_USE_H
#define FUZZ_USE_H

#include "engine/engine.h"

struct usher_engine *use_new_engine(void);
/* Describes it, decides and lets time pass. */
void use_engine(struct usher_engine *engine);
/* Saves it, loads that into another engine, which must save the same bytes. Of lies about the past
 * (arrivals in the future) a state may come whose snapshot is refused: then not `must_load`. */
void use_check_save(const struct usher_engine *engine, bool must_load);

#endif
