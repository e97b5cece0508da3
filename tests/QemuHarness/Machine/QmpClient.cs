using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KernelSockets.QemuHarness.Machine;

/// <summary>QEMU's machine protocol over a socket: one JSON object a line, one answer a command, events in between.</summary>
internal sealed class QmpClient : IDisposable
{
    private readonly StreamReader _reader;
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    private QmpClient(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(_stream, Encoding.UTF8);
    }

    /// <summary>Takes over a connection from QEMU and leaves capabilities negotiation, after which commands are accepted.</summary>
    public static async Task<QmpClient> OpenAsync(Socket socket)
    {
        QmpClient client = new(socket);
        JsonNode greeting = await client.ReadAsync();
        Assert.NotNull(greeting["QMP"]);
        _ = await client.ExecuteAsync("qmp_capabilities");
        return client;
    }

    /// <summary>Executes a command and returns what it returns.</summary>
    /// <exception cref="InvalidOperationException">QEMU refused it.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments = null)
    {
        JsonObject request = new() { ["execute"] = command };
        if (arguments is not null)
        {
            request["arguments"] = arguments;
        }

        await _oneAtATime.WaitAsync();
        try
        {
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"));
            while (true)
            {
                JsonNode answer = await ReadAsync();
                if (answer["error"] is JsonNode error)
                {
                    throw new InvalidOperationException($"QEMU refused {command}: {error.ToJsonString()}");
                }

                if (answer.AsObject().TryGetPropertyValue("return", out JsonNode? result))
                {
                    return result;
                }
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Pulls the network cable out of the guest's NIC, or puts it back.</summary>
    public Task SetLinkAsync(bool isUp) => ExecuteAsync("set_link", new JsonObject { ["name"] = QemuOptions.NicId, ["up"] = isUp });

    /// <summary>Presses keys together on the PS/2 keyboard and lets them go; names are QEMU's (<c>a</c>, <c>ret</c>, <c>shift</c>).</summary>
    public Task SendKeysAsync(params string[] keys) => ExecuteAsync(
        "send-key",
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => new JsonObject { ["type"] = "qcode", ["data"] = key })]) });

    /// <summary>Writes a picture of the screen (PPM) to a file.</summary>
    public Task ScreendumpAsync(string path) => ExecuteAsync("screendump", new JsonObject { ["filename"] = path });

    /// <summary>Reads physical memory.</summary>
    public async Task<byte[]> ReadMemoryAsync(long address, int size)
    {
        string path = Path.GetTempFileName();
        try
        {
            _ = await ExecuteAsync("pmemsave", new JsonObject { ["val"] = address, ["size"] = size, ["filename"] = path });
            return await File.ReadAllBytesAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<JsonNode> ReadAsync()
    {
        using CancellationTokenSource deadline = new(Limits.Command);
        string line = await _reader.ReadLineAsync(deadline.Token) ?? throw new EndOfStreamException("QEMU closed its QMP socket.");
        return JsonNode.Parse(line) ?? throw new JsonException($"QMP sent {line}");
    }
}
