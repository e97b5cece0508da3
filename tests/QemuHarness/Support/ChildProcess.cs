using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace KernelSockets.QemuHarness.Support;

/// <summary>
/// A program that a test starts and that cannot outlive the test: the kernel kills it when the test process dies, however that dies.
/// Its output is kept.
/// </summary>
/// <remarks>
/// PR_SET_PDEATHSIG fires at the end of the <em>thread</em> that forked, and thread-pool threads come and go, so all programs are
/// started by one thread that lives as long as the process.
/// </remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly BlockingCollection<Action> s_starts = [];
    private static readonly Thread s_starter = StartStarter();

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, string name)
    {
        _process = process;
        Name = name;
    }

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public int Id => _process.Id;

    /// <summary>What it has written so far, standard output and error in the order they came.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a program found on PATH, without input.</summary>
    public static async Task<ChildProcess> StartAsync(string program, params IEnumerable<string> arguments)
    {
        ChildProcess child = await StartInteractiveAsync(program, arguments);
        child._process.StandardInput.Close();
        return child;
    }

    /// <summary>Starts a program found on PATH whose input comes from <see cref="SendAsync"/>.</summary>
    public static async Task<ChildProcess> StartInteractiveAsync(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("setpriv")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (IEnumerable<string>)["--pdeathsig", "KILL", "--", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C";
        TaskCompletionSource<ChildProcess> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        s_starts.Add(() => Start(start, program, started));
        Debug.Assert(s_starter.IsAlive, "the starting thread lives as long as the process");
        return await started.Task;
    }

    /// <summary>Types something.</summary>
    public async Task SendAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until its output so far contains a text.</summary>
    /// <exception cref="TimeoutException">It did not come in time, or the program ended without it.</exception>
    public async Task WaitForOutputAsync(string text, TimeSpan limit)
    {
        using CancellationTokenSource deadline = new(limit);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_output.ToString().Contains(text, StringComparison.Ordinal))
                {
                    return;
                }

                changed = _changed.Task;
            }

            Task ended = _process.WaitForExitAsync(deadline.Token);
            await Task.WhenAny(changed, ended);
            if (!changed.IsCompleted && !Output.Contains(text, StringComparison.Ordinal))
            {
                throw new TimeoutException($"{Name} did not print '{text}'; it printed:\n{Output}");
            }
        }
    }

    /// <summary>Waits for its end and returns its exit status.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it is killed.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using CancellationTokenSource deadline = new(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw new TimeoutException($"{Name} did not end within {limit.TotalSeconds} s; it printed:\n{Output}");
        }
    }

    /// <summary>Completes when it ends; watching has no effect on it.</summary>
    public Task WatchAsync(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>Ends it as Ctrl-C in a terminal would, and waits for that.</summary>
    public async Task InterruptAsync()
    {
        if (!HasExited)
        {
            _ = await HostProgram.RunAsync("kill", "-INT", Id.ToString());
            _ = await WaitForExitAsync(Limits.HostProgram);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Start(ProcessStartInfo start, string program, TaskCompletionSource<ChildProcess> started)
    {
        try
        {
            Process process = new() { StartInfo = start };
            ChildProcess child = new(process, Path.GetFileName(program));
            process.OutputDataReceived += (_, line) => child.Append(line.Data);
            process.ErrorDataReceived += (_, line) => child.Append(line.Data);
            process.Start();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            started.SetResult(child);
        }
        catch (Exception failure)
        {
            started.SetException(failure);
        }
    }

    private static Thread StartStarter()
    {
        Thread thread = new(() =>
        {
            foreach (Action start in s_starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "process starter" };
        thread.Start();
        return thread;
    }

    private void Append(string? line)
    {
        if (line is null)
        {
            return;
        }

        TaskCompletionSource changed;
        lock (_gate)
        {
            _output.Append(line).Append('\n');
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
