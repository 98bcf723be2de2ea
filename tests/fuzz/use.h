/* An engine that was made from bytes is used: nothing that it may have been given harms it. */
#ifndef FUZZ_USE_H
#define FUZZ_USE_H

#include "engine/engine.h"

struct usher_engine *use_new_engine(void);
/* Describes it, decides and lets time pass. What it saves in the end must load, and save the same
 * bytes again. */
void use_engine(struct usher_engine *engine);
/* Saves it, loads that into another engine, which must save the same bytes. */
void use_check_save(const struct usher_engine *engine);

#endif
