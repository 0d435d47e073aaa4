-- Requests and report of wrk, for performance/load.py.
--
--   wrk … -s requests.lua URL -- PIPELINE NUMBERS
--
-- PIPELINE requests go out at once. With NUMBERS above 0, each has a random number from 1 to NUMBERS at the end of its path.

local batches = {}
local nextBatch = 0

local function batch(pipeline, numbers)
  local path = wrk.path
  local requests = {}
  for index = 1, pipeline do
    local number = numbers > 0 and tostring(math.random(numbers)) or ""
    requests[index] = wrk.format("GET", path .. number)
  end
  return table.concat(requests)
end

function init(arguments)
  local pipeline, numbers = tonumber(arguments[1]), tonumber(arguments[2])
  -- A global `request` makes wrk call Lua for every request, which costs it a microsecond: only where it must vary.
  if pipeline == 1 and numbers == 0 then return end
  math.randomseed(20260101)
  -- Prepared ahead: 1,024 different ones are enough for no cache to notice.
  for index = 1, numbers > 0 and 1024 or 1 do batches[index] = batch(pipeline, numbers) end
  request = function()
    nextBatch = nextBatch % #batches + 1
    return batches[nextBatch]
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'summary: {"requests": %d, "micros": %d, "p50": %.1f, "p99": %.1f, "connect": %d, "read": %d, "write": %d, '
      .. '"status": %d, "timeout": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.connect, errors.read,
    errors.write, errors.status, errors.timeout))
end
