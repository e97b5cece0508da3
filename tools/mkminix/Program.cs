using System.CommandLine;
using KernelSockets.MkMinix;

Argument<string> image = new("image") { Description = "The image file." };
Option<int> version = new("--format", "-v") { Description = "Version of the file system: 1, 2 or 3.", DefaultValueFactory = _ => 3 };
Option<int?> names = new("--names", "-n") { Description = "Longest name: 14 or 30; 60 for version 3." };
Option<uint?> inodes = new("--inodes", "-i") { Description = "How many inodes; one for three blocks when missing." };
Option<long> size = new("--size", "-s")
{
    Description = "Size of the image in bytes; K, M or G may follow. 8M when missing.",
    DefaultValueFactory = _ => 8 << 20,
    CustomParser = result =>
    {
        if (!ByteSize.TryParse(result.Tokens[0].Value, out long bytes))
        {
            result.AddError($"'{result.Tokens[0].Value}' is no size.");
        }

        return bytes;
    },
};
Option<DirectoryInfo> source = new("--directory", "-d") { Description = "Folder whose content goes into the image." };
source.AcceptExistingOnly();
Option<string[]> directories = new("--mkdir", "-m") { Description = "A directory to make in the image besides. May be repeated." };
RootCommand root = new("Makes minix file system images with the kernel's own code, and looks into them.")
{
    image, version, names, inodes, size, source, directories,
};
root.SetAction(result => Commands.Make(
    result.GetValue(image)!,
    new MakeOptions(
        result.GetValue(version), result.GetValue(names), result.GetValue(inodes), result.GetValue(size), result.GetValue(source),
        result.GetValue(directories) ?? [])));

Argument<string> listedImage = new("image") { Description = "The image file." };
Argument<string> listed = new("path") { Description = "Directory or file in the image.", DefaultValueFactory = _ => "/" };
Command list = new("ls", "Lists a directory of an image.") { listedImage, listed };
list.SetAction(result => Commands.List(result.GetValue(listedImage)!, result.GetValue(listed)!, Console.Out));
root.Subcommands.Add(list);

Argument<string> shownImage = new("image") { Description = "The image file." };
Argument<string> shown = new("path") { Description = "File in the image." };
Command show = new("cat", "Writes a file of an image to standard output.") { shownImage, shown };
show.SetAction(result =>
{
    using Stream output = Console.OpenStandardOutput();
    return Commands.Show(result.GetValue(shownImage)!, result.GetValue(shown)!, output);
});
root.Subcommands.Add(show);

Argument<string> extractedImage = new("image") { Description = "The image file." };
Argument<string> folder = new("folder") { Description = "Folder to copy to; made if needed. No file in it is overwritten." };
Argument<string> extracted = new("path") { Description = "Directory in the image.", DefaultValueFactory = _ => "/" };
Command extract = new("extract", "Copies a directory of an image to a folder.") { extractedImage, folder, extracted };
extract.SetAction(result => Commands.Extract(result.GetValue(extractedImage)!, result.GetValue(folder)!, result.GetValue(extracted)!));
root.Subcommands.Add(extract);

Argument<string> checkedImage = new("image") { Description = "The image file." };
Option<bool> repairs = new("--repair", "-r") { Description = "Mend what is wrong." };
Command check = new("check", "Checks an image. Status: 0 nothing wrong, 3 mended, 4 something is still wrong, 7 both, 8 not checked.") { checkedImage, repairs };
check.SetAction(result => Commands.Check(result.GetValue(checkedImage)!, result.GetValue(repairs), Console.Out));
root.Subcommands.Add(check);
return root.Parse(args).Invoke();
