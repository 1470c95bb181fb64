/** The `mesh` command. */
console.log('mesh', process.version)
