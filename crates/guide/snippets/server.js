require('node:http').createServer((request, response) => {
  const id = request.headers['x-forwarded-user']
  if (!id) return response.writeHead(303, { Location: '/auth/sign-in?return_to=/' }).end()
  const name = decodeURIComponent(request.headers['x-forwarded-name'])
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(`Hello ${name}, your id is ${id}.\n`)
}).listen(8000, '127.0.0.1')
