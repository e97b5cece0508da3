using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Net;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Network;

/// <summary>
/// Gives the first card its address, as the kernel's options say, without keeping the prompt waiting. A task of its own logs what becomes of DHCP
/// leases and writes what resolvers read: the stack, under whose gate leases come and go, must not touch files.
/// </summary>
internal sealed class AddressService
{
    private readonly INetworkControl _control;
    private readonly DhcpClients _clients;
    private readonly KernelOptions _options;
    private readonly NetworkFiles _files;

    public AddressService(INetworkControl control, DhcpClients clients, VirtualFileSystem vfs, KernelOptions options)
    {
        _control = control;
        _clients = clients;
        _options = options;
        _files = new NetworkFiles(vfs);
    }

    /// <summary>Writes the files, sets the address or starts the client, and starts the task.</summary>
    public void Start()
    {
        _files.WriteHosts(_options.HostName);
        _files.WriteResolver(ConfiguredServers, string.Empty);
        ServiceThread.Start("dhcp", Scheduler.NormalPriority, Serve);
        InterfaceInformation? card = _control.Interfaces().FirstOrDefault(static i => !i.IsLoopback);
        if (card is null)
        {
            return;
        }

        if (_options.UsesDhcp)
        {
            Complain($"ip=dhcp on {card.Name}", _clients.Start(card.Name));
            return;
        }

        Complain($"ip={_options.Address}/{_options.PrefixLength}", _control.SetAddress(card.Name, _options.Address, _options.PrefixLength));
        if (!_options.Gateway.IsAny)
        {
            Complain($"gw={_options.Gateway}", _control.SetGateway(_options.Gateway));
        }
    }

    private Ipv4Address[] ConfiguredServers => _options.NameServer.IsAny ? [] : [_options.NameServer];

    private static void Complain(string option, Errno error)
    {
        if (error != Errno.Success)
        {
            Log.Error($"options: {option}: {error.Describe()}");
        }
    }

    private void Serve()
    {
        while (true)
        {
            if (_clients.WaitForEvent(Instant.Never, out DhcpEvent? happened) == Errno.Success)
            {
                Handle(happened!);
            }
        }
    }

    private void Handle(DhcpEvent happened)
    {
        switch (happened.Kind)
        {
            case DhcpEventKind.Bound:
                Log.Information(Describe(happened.Lease!));
                WriteResolver(happened.Lease!);
                break;
            case DhcpEventKind.Extended:
                WriteResolver(happened.Lease!);
                break;
            case DhcpEventKind.Conflict:
                Log.Error($"dhcp: {happened.Interface}: {happened.Address} is in use, or cannot be used; declined");
                break;
            case DhcpEventKind.Released:
                Log.Information($"dhcp: {happened.Interface}: lease of {happened.Address} given back");
                _files.WriteResolver(ConfiguredServers, string.Empty);
                break;
            default:
                Log.Warning($"dhcp: {happened.Interface}: lease of {happened.Address} {(happened.Kind == DhcpEventKind.Expired ? "has expired" : "is refused by the server")}");
                _files.WriteResolver(ConfiguredServers, string.Empty);
                break;
        }
    }

    /// <summary>What <c>dns=</c> says goes before what a server says.</summary>
    private void WriteResolver(DhcpLeaseInformation lease) =>
        _files.WriteResolver(_options.NameServer.IsAny ? lease.NameServers : ConfiguredServers, lease.DomainName);

    private static string Describe(DhcpLeaseInformation lease)
    {
        string time = lease.Duration == TimeSpan.MaxValue ? "for ever" : $"for {(long)lease.Duration.TotalSeconds} s";
        string gateway = lease.Gateway.IsAny ? "none" : lease.Gateway.ToString();
        string servers = lease.NameServers.Count == 0 ? "none" : string.Join(' ', lease.NameServers);
        return $"dhcp: {lease.Interface}: {lease.Address}/{lease.PrefixLength} from {lease.Server} {time}, gateway {gateway}, name servers {servers}";
    }
}
