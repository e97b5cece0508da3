using KernelSockets.Vfs.Pipe;

namespace KernelSockets.Vfs.Proc;

/// <summary>/proc/sys, as far as there are such settings here (Linux Documentation/admin-guide/sysctl, networking/ip-sysctl). All of them can only be read.</summary>
internal static class SettingFiles
{
    private const int DefaultTimeToLive = 64; // what the stack sends with, RFC 1700

    /// <summary>Enters them.</summary>
    public static void AddTo(ProcFixedDirectory directory, ISystem system)
    {
        directory.AddDirectory("fs").AddFile("pipe-max-size", static text => text.Line($"{PipeBuffer.MaximumSize}"));
        ProcFixedDirectory kernel = directory.AddDirectory("kernel");
        kernel.AddFile("hostname", text => text.Line(system.Identity.HostName));
        kernel.AddFile("osrelease", text => text.Line(system.Identity.Release));
        kernel.AddFile("ostype", text => text.Line(system.Identity.SystemName));
        kernel.AddFile("version", text => text.Line(system.Identity.Version));
        ProcFixedDirectory internet = directory.AddDirectory("net").AddDirectory("ipv4");
        internet.Add("conf", new InterfaceDirectory(internet.Numbers, internet, system));
        internet.AddFile("ip_default_ttl", static text => text.Line($"{DefaultTimeToLive}"));
        internet.AddFile("ip_forward", static text => text.Line("0"));
    }
}
