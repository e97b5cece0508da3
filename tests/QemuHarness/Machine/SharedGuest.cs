namespace KernelSockets.QemuHarness.Machine;

/// <summary>
/// A guest that the tests of one class use one after the other, so that it boots once. A test that fails, or leaves the guest dead, costs
/// it: the next one gets a fresh guest.
/// </summary>
public abstract class SharedGuest : IAsyncLifetime
{
    private QemuGuest? _guest;

    /// <summary>The machine.</summary>
    private protected abstract QemuOptions Options { get; }

    /// <summary>Nothing yet: the first test boots the guest, so that a failure to boot is that test's.</summary>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await DiscardAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The guest, at its prompt.</summary>
    internal async Task<QemuGuest> ReadyAsync()
    {
        if (_guest is { HasExited: true })
        {
            await DiscardAsync();
        }

        if (_guest is null)
        {
            _guest = await QemuGuest.BootAsync(GetType().Name, Options);
            await BootedAsync(_guest);
        }

        return _guest;
    }

    /// <summary>Ends the guest and keeps its logs.</summary>
    internal async Task GiveUpAsync()
    {
        _guest?.KeepLogs();
        await DiscardAsync();
    }

    /// <summary>For what stands at the other end of the cable.</summary>
    private protected virtual Task BootedAsync(QemuGuest guest) => Task.CompletedTask;

    private protected virtual ValueTask DiscardedAsync() => ValueTask.CompletedTask;

    private async Task DiscardAsync()
    {
        if (_guest is { } guest)
        {
            _guest = null;
            await guest.DisposeAsync();
            await DiscardedAsync();
        }
    }
}

/// <summary>A class of tests that share a guest.</summary>
/// <typeparam name="TGuest">Which guest.</typeparam>
public abstract class SharedGuestTests<TGuest>(TGuest shared) : IAsyncLifetime, IClassFixture<TGuest>
    where TGuest : SharedGuest
{
    /// <summary>The shared guest's owner.</summary>
    protected TGuest Shared { get; } = shared;

    /// <summary>The guest, at its prompt when the test starts.</summary>
    private protected QemuGuest Guest { get; private set; } = null!;

    private protected SerialShell Shell => Guest.Shell;

    public async ValueTask InitializeAsync() => Guest = await Shared.ReadyAsync();

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            await Shared.GiveUpAsync();
        }

        GC.SuppressFinalize(this);
    }
}
