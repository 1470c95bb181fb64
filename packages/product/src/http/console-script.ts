/** The console's script: sends what the form says and shows the request as curl and the answer as it came. */
export const consoleScript = `
const base = document.body.dataset.base
const token = document.querySelector('#token')

for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const { url, headers } = requestOf(form)
    const [shownRequest, shownResponse] = form.querySelectorAll('pre')
    const options = Object.entries(headers).map(([name, value]) => " -H '" + name + ': ' + (name === 'authorization' ? 'Bearer $TOKEN' : value) + "'")
    shownRequest.textContent = 'curl' + options.join('') + " '" + url + "'"
    try {
      const response = await fetch(url, { headers })
      const text = await response.text()
      const told = ['meshloop-as-of', 'meshloop-version', 'etag'].filter((name) => response.headers.has(name))
      shownResponse.textContent = [response.status + ' ' + response.statusText, ...told.map((name) => name + ': ' + response.headers.get(name)), '', pretty(text)].join('\\n')
    } catch (error) {
      shownResponse.textContent = String(error)
    }
  })
}

function requestOf(form) {
  let path = form.dataset.path
  const query = new URLSearchParams()
  const headers = token.value === '' ? {} : { authorization: 'Bearer ' + token.value.trim() }
  for (const input of form.querySelectorAll('input')) {
    if (input.value === '') continue
    if (input.dataset.in === 'path') path = path.replace('{' + input.name + '}', encodeURIComponent(input.value))
    else if (input.dataset.in === 'header') headers[input.name] = input.value
    else query.set(input.name, input.value)
  }
  return { url: location.origin + base + path + (query.size ? '?' + query : ''), headers }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
`
