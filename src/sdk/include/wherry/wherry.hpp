// Everything of the blocking SDK.
#pragma once

#include "wherry/compiler.hpp"  // first: it refuses compilers that are too old

#include "wherry/client.hpp"
#include "wherry/error.hpp"
#include "wherry/exec.hpp"
#include "wherry/options.hpp"
#include "wherry/run.hpp"
#include "wherry/session.hpp"
#include "wherry/stream.hpp"
#include "wherry/types.hpp"
#include "wherry/wait.hpp"
