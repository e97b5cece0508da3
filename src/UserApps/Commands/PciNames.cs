namespace KernelSockets.UserApps.Commands;

/// <summary>Names of PCI classes (PCI Code and ID Assignment Specification) and of the devices that QEMU, VirtualBox and VMware
/// show.</summary>
internal static class PciNames
{
    /// <summary>The name of a class code 0xCCSSPP.</summary>
    public static string Class(uint classCode) => (classCode >> 8) switch
    {
        0x0000 => "Non-VGA unclassified device",
        0x0100 => "SCSI storage controller",
        0x0101 => "IDE interface",
        0x0104 => "RAID bus controller",
        0x0106 => "SATA controller",
        0x0107 => "Serial Attached SCSI controller",
        0x0108 => "Non-Volatile memory controller",
        0x0180 => "Mass storage controller",
        0x0200 => "Ethernet controller",
        0x0280 => "Network controller",
        0x0300 => "VGA compatible controller",
        0x0380 => "Display controller",
        0x0400 => "Multimedia video controller",
        0x0401 => "Multimedia audio controller",
        0x0403 => "Audio device",
        0x0500 => "RAM memory",
        0x0600 => "Host bridge",
        0x0601 => "ISA bridge",
        0x0604 => "PCI bridge",
        0x0680 => "Bridge",
        0x0700 => "Serial controller",
        0x0780 => "Communication controller",
        0x0880 => "System peripheral",
        0x0C03 => "USB controller",
        0x0C05 => "SMBus",
        0x00FF => "Unclassified device",
        uint other => $"Class [{other:x4}]",
    };

    /// <summary>Vendor and device.</summary>
    public static string Device(ushort vendor, ushort device)
    {
        string vendorName = Vendor(vendor);
        string deviceName = vendor switch
        {
            0x8086 => Intel(device),
            0x1AF4 => Virtio(device),
            0x1B36 => RedHat(device),
            _ => Other(vendor, device),
        };
        vendorName = vendorName.Length == 0 ? $"Vendor {vendor:x4}" : vendorName;
        return $"{vendorName} {(deviceName.Length == 0 ? $"Device {device:x4}" : deviceName)}";
    }

    private static string Vendor(ushort vendor) => vendor switch
    {
        0x1000 => "Broadcom / LSI",
        0x1013 => "Cirrus Logic",
        0x1022 => "Advanced Micro Devices, Inc. [AMD]",
        0x106B => "Apple Inc.",
        0x10EC => "Realtek Semiconductor Co., Ltd.",
        0x1234 => "QEMU",
        0x1274 => "Ensoniq",
        0x15AD => "VMware",
        0x1AF4 => "Red Hat, Inc.",
        0x1B36 => "Red Hat, Inc.",
        0x8086 => "Intel Corporation",
        0x80EE => "InnoTek Systemberatung GmbH",
        _ => "",
    };

    private static string Intel(ushort device) => device switch
    {
        0x1001 => "82543GC Gigabit Ethernet Controller (Fiber)",
        0x1004 => "82543GC Gigabit Ethernet Controller (Copper)",
        0x1008 => "82544EI Gigabit Ethernet Controller (Copper)",
        0x100C => "82544GC Gigabit Ethernet Controller (Copper)",
        0x100E => "82540EM Gigabit Ethernet Controller",
        0x100F => "82545EM Gigabit Ethernet Controller (Copper)",
        0x1010 => "82546EB Gigabit Ethernet Controller (Copper)",
        0x1015 => "82540EM Gigabit Ethernet Controller (LOM)",
        0x1026 => "82545GM Gigabit Ethernet Controller",
        0x10D3 => "82574L Gigabit Network Connection",
        0x10C9 => "82576 Gigabit Network Connection",
        0x1237 => "440FX - 82441FX PMC [Natoma]",
        0x2415 => "82801AA AC'97 Audio Controller",
        0x2668 => "82801FB/FBM/FR/FW/FRW (ICH6 Family) High Definition Audio Controller",
        0x2829 => "82801HM/HEM (ICH8M/ICH8M-E) SATA Controller [AHCI mode]",
        0x2918 => "82801IB (ICH9) LPC Interface Controller",
        0x2922 => "82801IR/IO/IH (ICH9R/DO/DH) 6 port SATA Controller [AHCI mode]",
        0x2930 => "82801I (ICH9 Family) SMBus Controller",
        0x265C => "82801FB/FBM/FR/FW/FRW (ICH6 Family) USB2 EHCI Controller",
        0x29C0 => "82G33/G31/P35/P31 Express DRAM Controller",
        0x7000 => "82371SB PIIX3 ISA [Natoma/Triton II]",
        0x7010 => "82371SB PIIX3 IDE [Natoma/Triton II]",
        0x7020 => "82371SB PIIX3 USB [Natoma/Triton II]",
        0x7110 => "82371AB/EB/MB PIIX4 ISA",
        0x7111 => "82371AB/EB/MB PIIX4 IDE",
        0x7112 => "82371AB/EB/MB PIIX4 USB",
        0x7113 => "82371AB/EB/MB PIIX4 ACPI",
        0x7190 => "440BX/ZX/DX - 82443BX/ZX/DX Host bridge",
        0x7191 => "440BX/ZX/DX - 82443BX/ZX/DX AGP bridge",
        _ => "",
    };

    private static string Virtio(ushort device) => device switch
    {
        0x1000 => "Virtio network device",
        0x1001 => "Virtio block device",
        0x1002 => "Virtio memory balloon",
        0x1003 => "Virtio console",
        0x1004 => "Virtio SCSI",
        0x1005 => "Virtio RNG",
        0x1041 => "Virtio 1.0 network device",
        0x1042 => "Virtio 1.0 block device",
        0x1050 => "Virtio 1.0 GPU",
        _ => "",
    };

    private static string RedHat(ushort device) => device switch
    {
        0x0001 => "QEMU PCI-PCI bridge",
        0x0002 => "QEMU PCI 16550A Adapter",
        0x0008 => "QEMU PCIe Host bridge",
        0x000C => "QEMU PCIe Root port",
        0x000D => "QEMU XHCI Host Controller",
        0x0010 => "QEMU NVM Express Controller",
        0x0100 => "QXL paravirtual graphic card",
        _ => "",
    };

    private static string Other(ushort vendor, ushort device) => (vendor, device) switch
    {
        (0x1000, 0x0030) => "53c1030 PCI-X Fusion-MPT Dual Ultra320 SCSI",
        (0x1013, 0x00B8) => "GD 5446",
        (0x1022, 0x2000) => "79c970 [PCnet32 LANCE]",
        (0x106B, 0x003F) => "KeyLargo/Intrepid USB",
        (0x10EC, 0x8029) => "RTL-8029(AS)",
        (0x10EC, 0x8139) => "RTL-8100/8101L/8139 PCI Fast Ethernet Adapter",
        (0x1234, 0x1111) => "Standard VGA",
        (0x1274, 0x1371) => "ES1371/ES1373 / Creative Labs CT2518",
        (0x15AD, 0x0405) => "SVGA II Adapter",
        (0x15AD, 0x0740) => "Virtual Machine Communication Interface",
        (0x15AD, 0x0770) => "USB2 EHCI Controller",
        (0x15AD, 0x0774) => "USB1.1 UHCI Controller",
        (0x15AD, 0x0790) => "PCI bridge",
        (0x15AD, 0x07A0) => "PCI Express Root Port",
        (0x15AD, 0x07B0) => "VMXNET3 Ethernet Controller",
        (0x15AD, 0x07E0) => "SATA AHCI controller",
        (0x80EE, 0xBEEF) => "VirtualBox Graphics Adapter",
        (0x80EE, 0xCAFE) => "VirtualBox Guest Service",
        _ => "",
    };
}
