/* Doors and switches in the engine: saved and loaded, taken over by other rules, and told. */
#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"
