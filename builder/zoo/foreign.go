package zoo

import (
	"strings"

	"github.com/trtbuild/trtbuild/builder/bind"
)

// foreign names the network that v is from, where one tensor gives away a
// family that cannot be built yet; "" when none does.
func foreign(v *bind.View) string {
	if name := foreignYOLO(v); name != "" {
		return name
	}
	for _, f := range []struct{ part, name string }{
		{"class_token", "a Vision Transformer (torchvision)"},
		{"cls_token", "a Vision Transformer (timm)"},
		{"vit.embeddings.", "a Vision Transformer (Hugging Face)"},
		{"bert.embeddings.", "BERT"},
		{"rbr_dense.", "RepVGG"},
		{"rbr_reparam.", "RepVGG, merged for deployment"},
		{"rbr_conv.", "MobileOne"},
		{"features.denseblock1.", "DenseNet"},
		{"Conv2d_1a_3x3.", "Inception v3"},
		{"inception3a.", "GoogLeNet"},
		{"trunk_output.", "RegNet"},
		{"stage2.0.branch1.", "ShuffleNet v2"},
		{"layers.8.0.layers.", "MNASNet"},
		{"features.1.0.attn.relative_position_bias_table", "Swin Transformer"},
		{"features.1.0.layer_scale", "ConvNeXt"},
		{"features.3.squeeze.", "SqueezeNet"},
		{"features.1.0.block.0.0.", "EfficientNet"},
		{"features.1.block.", "MobileNet v3"},
		{"features.1.conv.0.0.", "MobileNet v2"},
		{"stages.0.blocks.0.norm1.", "a pre-activation ResNet (timm's ResNetV2)"},
		{"layer0.conv1.", "SENet (timm's legacy names)"},
		{"backbone.layer1.0.", "a segmentation or detection network on a ResNet backbone"},
		{"classifier.4.weight", "AlexNet"},
		{"classifier.6.weight", "VGG"},
	} {
		for _, name := range v.Names() {
			if strings.HasPrefix(name, f.part) || strings.Contains(name, "."+f.part) {
				return f.name
			}
		}
	}
	return ""
}
