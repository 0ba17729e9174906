module.exports = { ...require('./gen/index.js'), ...require('./dot-net-ticks.js') };
