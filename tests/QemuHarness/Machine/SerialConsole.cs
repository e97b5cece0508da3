using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace KernelSockets.QemuHarness.Machine;

/// <summary>The far end of the guest's COM1: remembers all that the guest printed and lets a test wait for it.</summary>
internal sealed partial class SerialConsole : IDisposable
{
    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly StringBuilder _received = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasEnded;

    public SerialConsole(Socket socket)
    {
        _socket = socket;
        _ = PumpAsync();
    }

    /// <summary>Everything printed so far, escape sequences included.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return _received.ToString();
            }
        }
    }

    /// <summary>A place in the output: what is printed from now on comes after it.</summary>
    public int Position
    {
        get
        {
            lock (_gate)
            {
                return _received.Length;
            }
        }
    }

    /// <summary>What a person would read: no escape sequences, no carriage returns, no bells.</summary>
    public static string Plain(string text) => EscapeSequence().Replace(text, string.Empty).Replace("\r", string.Empty, StringComparison.Ordinal);

    /// <summary>Types bytes; returns when QEMU has taken them.</summary>
    public async Task SendAsync(string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(keys);
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent));
        }
    }

    /// <summary>Waits until the text printed after a position satisfies a condition, and returns that text.</summary>
    /// <exception cref="TimeoutException">It did not within the limit, or the guest ended before.</exception>
    public async Task<string> WaitAsync(int from, Func<string, bool> condition, string expectation, TimeSpan limit)
    {
        using CancellationTokenSource deadline = new(limit);
        while (true)
        {
            string text;
            Task changed;
            bool hasEnded;
            lock (_gate)
            {
                text = _received.ToString(from, _received.Length - from);
                changed = _changed.Task;
                hasEnded = _hasEnded;
            }

            if (condition(text))
            {
                return text;
            }

            try
            {
                await (hasEnded ? Task.FromCanceled(new CancellationToken(true)) : changed.WaitAsync(deadline.Token));
            }
            catch (OperationCanceledException)
            {
                string why = hasEnded ? "the guest ended" : $"{limit.TotalSeconds} s passed";
                throw new TimeoutException($"Waited for {expectation}, but {why}. The console since then:\n{Plain(text)}");
            }
        }
    }

    /// <summary>Waits for a text anywhere in what is printed after a position.</summary>
    public Task<string> WaitForAsync(string text, int from, TimeSpan limit) =>
        WaitAsync(from, printed => Plain(printed).Contains(text, StringComparison.Ordinal), $"'{text}'", limit);

    public void Dispose() => _socket.Dispose();

    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>78cM]|\a")]
    private static partial Regex EscapeSequence();

    private async Task PumpAsync()
    {
        byte[] bytes = new byte[4096];
        char[] characters = new char[4096];
        bool hasEnded = false;
        while (!hasEnded)
        {
            int count = await ReceiveAsync(bytes);
            hasEnded = count == 0;
            TaskCompletionSource changed;
            lock (_gate)
            {
                _received.Append(characters, 0, _decoder.GetChars(bytes, 0, count, characters, 0));
                _hasEnded = hasEnded;
                changed = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            changed.SetResult();
        }
    }

    private async Task<int> ReceiveAsync(byte[] bytes)
    {
        try
        {
            return await _socket.ReceiveAsync(bytes);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
