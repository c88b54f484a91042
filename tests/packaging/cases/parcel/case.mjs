export default {
  title: 'Parcel',
  tool: 'parcel',
  apps: ['react', 'by-hand'],
  modes: { build: { run: ['parcel/lib/bin.js', 'build', 'index.html', '--no-cache'], files: 'dist' } },
};
