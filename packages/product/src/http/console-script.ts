/** The console's script: sends what the form says and shows the request as curl, and status, headers and body as they came. */
export const consoleScript = `
const base = document.body.dataset.base
const token = document.querySelector('#token')
if (location.hash) document.querySelector('details' + location.hash)?.setAttribute('open', '')

for (const form of document.querySelectorAll('form')) {
  const part = (name) => form.querySelector('.' + name)
  const place = form.elements.cursor ?? form.elements.after
  let cursor
  part('next').addEventListener('click', () => {
    place.value = cursor
    form.requestSubmit()
  })
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const { url, ...init } = requestOf(form)
    part('request').textContent = curlOf(url, init)
    part('status').textContent = 'Waiting for the answer'
    part('headers').textContent = part('response').textContent = ''
    part('next').hidden = true
    const began = performance.now()
    try {
      const response = await fetch(url, init)
      const bytes = new Uint8Array(await response.arrayBuffer())
      const text = isText(response) ? new TextDecoder().decode(bytes) : bytes.length + ' bytes'
      part('status').textContent = [response.status, response.statusText].join(' ').trim() + ' in ' + Math.round(performance.now() - began) + ' ms, ' + bytes.length + ' bytes'
      part('status').className = 'status ' + (response.ok ? 'good' : 'bad')
      part('headers').textContent = [...response.headers].map(([name, value]) => name + ': ' + value).join('\\n')
      part('response').textContent = pretty(text)
      cursor = parsed(text)?.next_cursor
      part('next').hidden = !(cursor && place)
    } catch (error) {
      part('status').textContent = String(error)
      part('status').className = 'status bad'
    }
  })
}

function requestOf(form) {
  let path = form.dataset.path
  const query = new URLSearchParams()
  const headers = token.value.trim() === '' ? {} : { authorization: 'Bearer ' + token.value.trim() }
  for (const input of form.querySelectorAll('[data-in]')) {
    if (input.value === '') continue
    if (input.dataset.in === 'path') path = path.replace('{' + input.name + '}', encodeURIComponent(input.value))
    else if (input.dataset.in === 'header') headers[input.name.toLowerCase()] = input.value
    else query.set(input.name, input.value)
  }
  const url = location.origin + base + path + (query.size ? '?' + query : '')
  const body = form.elements.body
  if (body) headers['content-type'] = body.dataset.type
  return { url, method: form.dataset.method, headers, ...(body ? { body: body.value } : {}) }
}

function curlOf(url, { method, headers, body }) {
  const options = Object.entries(headers).map(([name, value]) => ' -H ' + quoted(name + ': ' + (name === 'authorization' ? 'Bearer $TOKEN' : value)))
  return 'curl' + (method === 'GET' ? '' : ' -X ' + method) + options.join('') + (body === undefined ? '' : ' --data-binary ' + quoted(body)) + ' ' + quoted(url)
}

function quoted(text) {
  return text.includes('$TOKEN') ? '"' + text + '"' : "'" + text.replaceAll("'", "'\\\\''") + "'"
}

function isText(response) {
  return /json|text|yaml/.test(response.headers.get('content-type') ?? '')
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function pretty(text) {
  const value = parsed(text)
  return value === undefined ? text : JSON.stringify(value, null, 2)
}
`
