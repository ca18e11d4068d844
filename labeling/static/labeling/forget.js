// Nobody is signed in: nothing of anybody's work stays on this device.

import { forgetAll } from "./store.js";

forgetAll();
