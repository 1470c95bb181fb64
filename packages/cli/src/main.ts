console.log('mesh', process.version)
