(() => {
"use strict";
/* parts */
})();
