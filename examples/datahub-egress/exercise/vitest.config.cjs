// Nothing to set. Without this file Vitest would look for one in the folders above, even above the repository.
module.exports = {};
