// Nobody is signed in: nothing of anybody's work stays on this device.

import { forgetAll } from "./store.js";

forgetAll();
history.replaceState(null, "", "/"); // what is kept later stays, also when this page comes once more
