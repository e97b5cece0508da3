namespace KernelSockets.QemuHarness.Machine;

/// <summary>How the kernel is started.</summary>
internal enum BootMedium
{
    /// <summary>The ELF file by its PVH entry (<c>-kernel</c>): the quickest.</summary>
    Kernel,

    /// <summary>The ISO with the BIOS.</summary>
    Iso,

    /// <summary>The ISO with UEFI firmware.</summary>
    IsoUefi,
}

/// <summary>What the guest's NIC is connected to.</summary>
internal enum NetworkKind
{
    /// <summary>There is no NIC.</summary>
    None,

    /// <summary>A NIC whose other end is an <see cref="Wire.EthernetPort"/> of the test.</summary>
    Wire,

    /// <summary>A NIC on a TAP device.</summary>
    Tap,
}

/// <summary>The virtual machine of one test.</summary>
internal sealed record QemuOptions
{
    /// <summary>The NIC's id in QEMU, for set_link.</summary>
    public const string NicId = "nic0";

    /// <summary>The NIC's station address.</summary>
    public const string NicAddress = "52:54:00:12:34:56";

    /// <summary>UEFI firmware of Debian's package ovmf.</summary>
    public const string UefiFirmware = "/usr/share/ovmf/OVMF.fd";

    /// <summary>The address that tests give the guest.</summary>
    public const string GuestAddress = "10.77.0.2";

    /// <summary>The address of whoever is at the other end.</summary>
    public const string HostAddress = "10.77.0.1";

    /// <summary>Kernel options that give the guest its address.</summary>
    public const string AddressOptions = $"ip={GuestAddress}/24 gw={HostAddress} dns={HostAddress}";

    public BootMedium Medium { get; init; } = BootMedium.Kernel;

    public int MemoryMiB { get; init; } = 64;

    public NetworkKind Network { get; init; } = NetworkKind.None;

    /// <summary>NIC model of QEMU.</summary>
    public string NicModel { get; init; } = "e1000";

    /// <summary>Kernel options through fw_cfg; null for none.</summary>
    public string? FirmwareOptions { get; init; }

    /// <summary>Kernel options through the boot protocol's command line (<see cref="BootMedium.Kernel"/> only); null for none.</summary>
    public string? CommandLine { get; init; }

    /// <summary>A raw image as the first ATA disk; null for none.</summary>
    public string? Disk { get; init; }

    /// <summary>A sector of the disk that cannot be read; null for none.</summary>
    public int? BadSector { get; init; }

    /// <summary>Path of a UNIX socket for gdb; the machine then waits for gdb before its first instruction. Null for none.</summary>
    public string? GdbSocket { get; init; }

    /// <summary>Network namespace and TAP device, for <see cref="NetworkKind.Tap"/>.</summary>
    public (string Namespace, string Device)? Tap { get; init; }

    /// <summary>Everything that is not a socket of the harness, as QEMU's arguments.</summary>
    public IEnumerable<string> Arguments()
    {
        List<string> arguments =
        [
            "-accel", "tcg", "-cpu", "max", "-m", MemoryMiB.ToString(), "-smp", "1", "-nodefaults", "-vga", "std", "-display", "none",
            "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        ];
        if (Medium == BootMedium.Kernel)
        {
            arguments.AddRange(["-kernel", ProjectFiles.Kernel]);
            arguments.AddRange(CommandLine is null ? [] : ["-append", CommandLine]);
        }
        else
        {
            arguments.AddRange(["-drive", $"file={Escape(ProjectFiles.Iso)},format=raw,media=cdrom,if=ide,index=2,readonly=on", "-boot", "d"]);
            arguments.AddRange(Medium == BootMedium.IsoUefi ? ["-bios", UefiFirmware] : []);
        }

        arguments.AddRange(FirmwareOptions is null ? [] : ["-fw_cfg", $"name=opt/kernelsockets/cmdline,string={Escape(FirmwareOptions)}"]);
        arguments.AddRange(Disk is null ? [] : ["-drive", DiskDrive(Disk)]);
        arguments.AddRange(GdbSocket is null
            ? []
            : ["-chardev", $"socket,id=gdb0,path={Escape(GdbSocket)},server=on,wait=off", "-gdb", "chardev:gdb0", "-S"]);
        return arguments;
    }

    /// <summary>The arguments of the NIC, given where its other end is.</summary>
    public IEnumerable<string> NicArguments(string backend) =>
        ["-netdev", backend, "-device", $"{NicModel},id={NicId},netdev=net0,mac={NicAddress},romfile="];

    private string DiskDrive(string path) => BadSector is { } sector
        ? $"driver=raw,file.driver=blkdebug,file.image.driver=file,file.image.filename={Escape(path)},file.inject-error.0.event=none,"
            + $"file.inject-error.0.iotype=read,file.inject-error.0.errno=5,file.inject-error.0.sector={sector},if=ide,index=0"
        : $"file={Escape(path)},format=raw,if=ide,index=0";

    /// <summary>A value inside one of QEMU's comma-separated options.</summary>
    public static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);
}
