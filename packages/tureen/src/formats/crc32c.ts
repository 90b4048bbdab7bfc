export { crc32c, extendCrc32c, maskCrc32c, unmaskCrc32c } from "../core/crc32c.js";
